"""What models learn from: the log as rows, batches nobody told, results no model can use."""
