"""Base models, prompts, training and decoding: the only home of torch, transformers and peft.

Importing a module of this package is cheap: the heavy libraries are imported
inside the functions that use them.
"""
