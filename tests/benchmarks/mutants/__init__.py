"""Wrong code, made at random, must not pass the tests."""
