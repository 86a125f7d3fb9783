"""What a recipe's numbers could be, found by trying: the learning rate, the batch size."""
