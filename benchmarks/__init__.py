"""What Trawl's speed and memory are measured by: `python -m benchmarks`, or `make bench`."""
