"""What results say of models, lines and campaign, as pictures of them are drawn from."""
