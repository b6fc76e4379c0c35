"""`parley admin`: looking after a server that runs.

Owns: the control socket, what can be asked over it, and the command line.
Never: a change behind the server's back: every one is made by a running gateway, so that its
clients hear of it.

    wire      requests and their answers        listening  the server's end of the socket
    asking    the command line's end            work       what each request does
    command   the command line                  printing   tables, and JSON for programs
"""
