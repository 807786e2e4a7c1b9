"""What an emblem protects, and who signs it: names, addresses, and which of them is more general than another."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network

from kintrace.emblem.cbor import refused
from kintrace.emblem.items import Profile
from kintrace.errors import NotReadable

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z", re.ASCII)
_OI = "https://"


@dataclass(frozen=True)
class Asset:
    """A name, or a range of addresses."""

    name: str = ""
    """Lower case, without the trailing dot; empty for addresses."""
    wildcard: bool = False
    """It stands for ``name`` and everything under it."""
    network: IPv4Network | IPv6Network | None = None

    def covers(self, other: "Asset") -> bool:
        """Whether it is more general than the other, or equal: names never compare with addresses (core-01 §3.1.1.3)."""
        if self.network is not None or other.network is not None:
            mine, theirs = self.network, other.network
            if isinstance(mine, IPv4Network) and isinstance(theirs, IPv4Network):
                return theirs.subnet_of(mine)
            if isinstance(mine, IPv6Network) and isinstance(theirs, IPv6Network):
                return theirs.subnet_of(mine)
            return False
        if self.wildcard:
            return not self.name or other.name == self.name or other.name.endswith("." + self.name)
        return not other.wildcard and other.name == self.name


def host_name(text: str) -> str:
    """A fully qualified domain name in lower case without its trailing dot.

    Raises:
        NotReadable: it is none.
    """
    name = text.removesuffix(".").lower()
    labels = name.split(".")
    if len(name) > 253 or len(labels) < 2 or not all(_LABEL.match(label) for label in labels):
        raise refused(f"{text[:300]!r} is no fully qualified domain name")
    if labels[-1].isdigit():
        raise refused(f"{text[:300]!r} is an address, not a name")
    return name


def asset(text: str, profile: Profile) -> Asset:
    """An asset as a token of the profile writes it.

    Profile B has names only. Profile A has names whose leftmost label may be ``*``, and addresses in brackets; IPv4 may stand
    there as it is or mapped into IPv6, and a prefix length may follow.

    Raises:
        NotReadable: it is none.
    """
    if profile == "B":
        return Asset(host_name(text))
    if text.startswith("[") and text.endswith("]"):
        return Asset(network=_network(text[1:-1]))
    if text == "*":
        return Asset(wildcard=True)
    if text.startswith("*."):
        # The label alone may be a whole domain here: *.org
        name = text[2:].removesuffix(".").lower()
        return Asset(name if _LABEL.match(name) else host_name(name), wildcard=True)
    return Asset(host_name(text))


def written(text: str) -> str:
    """An asset as our own tokens write it: addresses in brackets, those of IPv4 as addresses of IPv6 (core-01 §3.1.1.3).

    Raises:
        NotReadable: it stands in brackets, and is no address.
    """
    if not (text.startswith("[") and text.endswith("]")):
        return text
    network = _network(text[1:-1])
    if isinstance(network, IPv4Network):
        whole = network.prefixlen == 32
        return f"[::FFFF:{network.network_address}{'' if whole else f'/{network.prefixlen + 96}'}]"
    return f"[{network.network_address if network.prefixlen == 128 else network}]"


def address(text: str) -> Asset:
    """One address, as the DNS gives it; brackets may stand around it.

    Raises:
        NotReadable: it is none.
    """
    return Asset(network=_network(text.strip("[]")))


def is_address(text: str) -> bool:
    """Whether this is an address, in brackets or not."""
    try:
        _network(text.strip("[]"))
    except NotReadable:
        return False
    return True


def organisation(text: object) -> str:
    """An organisation identifier, checked: ``https://`` and a name in lower case, nothing after it.

    Raises:
        NotReadable: it is none.
    """
    if not isinstance(text, str) or not text.startswith(_OI) or host_name(text[len(_OI) :]) != text[len(_OI) :]:
        raise refused(f"{str(text)[:300]!r} is no organisation identifier, such as https://example.org")
    return text


def host_of(oi: str) -> str:
    """The name in an organisation identifier."""
    return oi[len(_OI) :]


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        network = ip_network(text)
    except ValueError as problem:
        raise NotReadable(
            f"This cannot be read: {text[:100]!r} is no address.", "Nothing was taken from it."
        ) from problem
    mapped = network.network_address.ipv4_mapped if isinstance(network.network_address, IPv6Address) else None
    if mapped is not None and network.prefixlen >= 96:
        return IPv4Network((mapped, network.prefixlen - 96))
    return network
