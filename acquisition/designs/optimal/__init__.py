"""D-, A- and I-optimal designs by coordinate exchange, with whole plots for stages."""
