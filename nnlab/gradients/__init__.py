"""One backward pass taken apart: the derivatives of the operations, the chain rule over them, every
scalar of it in turn, two other ways to the same numbers, and the graph that autograd keeps."""
