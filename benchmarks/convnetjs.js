// Trains one network with ConvNetJS each time a line arrives, and answers with the seconds it took
// and the loss of every epoch. Usage: node convnetjs.js convnet.js work.json
'use strict';
const fs = require('fs');
const convnet = require(fs.realpathSync(process.argv[2]));
const work = JSON.parse(fs.readFileSync(process.argv[3], 'utf8'));
const ACTIVATION = { Tanh: 'TanhLayer', Sigmoid: 'SigmoidLayer', ReLU: 'ReluLayer' };

function build() {
  const net = new convnet.Net();
  const flat = (depth) => ({ in_sx: 1, in_sy: 1, in_depth: depth });
  net.layers = [new convnet.InputLayer({ out_sx: 1, out_sy: 1, out_depth: work.sizes[0] })];
  let place = 0;
  work.activations.forEach((name, index) => {
    const inputs = work.sizes[index], outputs = work.sizes[index + 1];
    const linear = new convnet.FullyConnLayer({ ...flat(inputs), num_neurons: outputs });
    for (let o = 0; o < outputs; o++) {
      for (let i = 0; i < inputs; i++) linear.filters[o].w[i] = work.theta[place++];
    }
    for (let o = 0; o < outputs; o++) linear.biases.w[o] = work.theta[place++];
    net.layers.push(linear, new convnet[ACTIVATION[name]](flat(outputs)));
  });
  net.layers.push(new convnet.RegressionLayer(flat(work.sizes[work.sizes.length - 1])));
  return net;
}

function volume(row) {
  const values = new convnet.Vol(1, 1, row.length, 0);
  row.forEach((value, i) => { values.w[i] = value; });
  return values;
}

function train() {
  const rows = work.x.map(volume), losses = [];
  // It reports twice the square, but its slope is that of half the square; its trainer takes the
  // mean over the batch, as torch does.
  const trainer = new convnet.Trainer(build(), {
    method: 'sgd', learning_rate: 2 * work.rate, momentum: 0, batch_size: work.batch_size,
  });
  const began = process.hrtime.bigint();
  for (let epoch = 0; epoch < work.epochs; epoch++) {
    let loss = 0;
    for (let row = 0; row < rows.length; row++) loss += trainer.train(rows[row], work.y[row]).cost_loss;
    losses.push(loss / 2 / rows.length);
  }
  return { seconds: Number(process.hrtime.bigint() - began) / 1e9, losses };
}

require('readline').createInterface({ input: process.stdin }).on('line', () => {
  console.log(JSON.stringify(train()));
});
