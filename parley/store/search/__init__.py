"""Finding messages by what they say.

tokens      what a message is indexed under, and what a query asks an index for
said        what a text says, and the words that it is found by
rows        writing: one row for each message, in the batch's own transaction
backlog     writing what was stored before there was a search, in small steps
index       the seam between the two databases' indexes
sqlite      FTS5, whose triggers follow the rows
postgresql  GIN over an array of tokens
slices      how far back one search looks at once
finding     reading: a page of hits, the latest first, and only what the asker may see
"""
