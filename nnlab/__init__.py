"""How a neural network works, on real PyTorch: every number shown is a real tensor's."""
