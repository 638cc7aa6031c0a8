"""Brokers for two engines that hold the streams of a large site: copy the one that you run."""
