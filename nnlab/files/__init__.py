"""What one sees can be taken away as a file and brought back: an experiment as JSON, weights as
PyTorch and others keep them, a run's history as a table. One module for each kind of file."""
