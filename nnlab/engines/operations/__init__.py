"""The operations of the batched engine, each with its derivative beside it, by PyTorch's names."""
