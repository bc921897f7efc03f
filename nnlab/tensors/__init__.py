"""A tensor is a block of numbers with a shape: none, one, two, three or more dimensions. Here it is
made, indexed, combined, shared with NumPy and moved, always as a real `torch.Tensor`."""
