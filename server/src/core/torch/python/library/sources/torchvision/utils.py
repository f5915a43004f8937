from flopline import unknown


def __getattr__(name):
    return unknown("what is done with images is not read")
