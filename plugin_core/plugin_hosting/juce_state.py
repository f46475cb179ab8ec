"""The plugin's state as a host keeps it: XML inside of JUCE's own base 64."""

import re
import struct

ALPHABET = ".ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"
MAGIC = 0x21324356


def encode(data: bytes) -> str:
    """MemoryBlock::toBase64Encoding: six bits at a time, the lowest first."""
    bits = int.from_bytes(data, "little")
    letters = (len(data) * 8 + 5) // 6
    return f"{len(data)}." + "".join(ALPHABET[bits >> (6 * i) & 63] for i in range(letters))


def decode(text: str) -> bytes:
    """MemoryBlock::fromBase64Encoding."""
    size, letters = text.split(".", 1)
    bits = sum(ALPHABET.index(letter) << (6 * i) for i, letter in enumerate(letters))
    return (bits & ((1 << 8 * int(size)) - 1)).to_bytes(int(size), "little")


def block(xml: str) -> bytes:
    """AudioProcessor::copyXmlToBinary."""
    text = xml.encode()
    return struct.pack("<II", MAGIC, len(text)) + text + b"\0"


def _component(raw_state: bytes) -> str:
    found = re.search(rb"<IComponent>(.*?)</IComponent>", raw_state)
    assert found
    return found[1].decode()


def xml_of(raw_state: bytes) -> str:
    """The plugin's own part of `VST3Plugin.raw_state`."""
    data = decode(_component(raw_state))
    magic, size = struct.unpack_from("<II", data)
    assert magic == MAGIC
    return data[8 : 8 + size].decode()


def with_component(raw_state: bytes, component: bytes) -> bytes:
    """`raw_state` with another content for the plugin to read."""
    text = (
        raw_state[8:]
        .rstrip(b"\0")
        .replace(_component(raw_state).encode(), encode(component).encode())
    )
    return struct.pack("<II", MAGIC, len(text)) + text + b"\0"
