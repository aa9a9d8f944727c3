@rem npm runs scripts through cmd.exe on Windows, which has no "exec"; it looks for commands in this folder first.
@%*
