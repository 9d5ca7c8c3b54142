"""What calls for something to be done about an account, what is proposed because of it, and what
the copilot begins by itself inside its limits."""
