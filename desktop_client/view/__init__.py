"""The window: the only part that imports Dear PyGui.

Owns: drawing what the state says, and telling what a person does.
Never: decisions. What is drawn is what `desktop_client.layout` has laid out.

    window      the viewport, the frame, the two screens
    entry       the first screen           main    the rest: sidebar, conversation, composer
    geometry    the screen's pixels: every place and size passes through here
    composer    where one writes           offers  what could be meant by the word one writes
    paint       marks, fonts and emoji     palette, styles: how things look
    shade       the gradient of discs      sheet   the emoji, on their way to the screen
    native      what the Linux wheel of Dear PyGui can do besides, checked before use: sleep,
                attention, screens; native_text: the cursor and soft wrapping
"""
