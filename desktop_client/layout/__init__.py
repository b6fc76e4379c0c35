"""Where each word and each bubble goes.

Owns: measuring and wrapping text, the shape of a message, the heights of a list.
Never: a window, a frame, Dear PyGui. The view draws what comes out of here.

    metrics   the width of text          words   names, times and days as people write them
    marks     what is drawn, as values   flow    text into lines of words, links and emoji
    bubble    one message                rows    a room's entries by author and day
    heights   which rows are in view     card    one room of the list
"""
