"""What is behind /api: who may call, what they are told, what they may say."""
