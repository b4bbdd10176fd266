"""Base models, prompts, training and decoding: the only home of torch, transformers and peft."""
