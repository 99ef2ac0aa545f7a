"""The application: who comes in, what stands before every request, how it starts, packed pages."""
