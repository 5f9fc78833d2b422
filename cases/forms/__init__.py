"""What people type, made clean: forms that call one action each. Nothing here decides who may."""
