"""The engines that train a network. `reference` is plain autograd and torch.optim, in
`nnlab.training`; the others give the same numbers, faster, for what they can carry."""
