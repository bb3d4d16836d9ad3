"""What is uploaded to AWS: an artifact a function, a dependency layer an architecture.

SAM calls this through the Makefile (`BuildMethod: makefile` in template.yaml), without Docker.
"""
