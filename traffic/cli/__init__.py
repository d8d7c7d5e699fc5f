"""The commands: one module a command or group of commands; they read, call and print, the work is done elsewhere."""
