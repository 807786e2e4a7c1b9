"""A protocol is read strictly, and says in one go what is wrong with it."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kintrace.errors import ProtocolError
from kintrace.evaluation.protocol import ROLES, SHOWN, Protocol, Row

GOOD = "image,subject,role\na.jpg,Ann,gallery\nb.jpg,Ann,probe\nc.jpg,Cem,nonmated\n"


@pytest.fixture
def folder(tmp_path):
    for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg", "sub/e.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


@pytest.fixture
def read(folder):
    def read(content, **options):
        file = folder / "protocol.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Protocol.read(file, **options)

    return read


def test_reads_roles_groups_and_ages(read, folder):
    protocol = read(
        "Image, Subject ,ROLE,group,age,remark\n"
        "a.jpg,Ann,gallery,women,34,x\n\nd.jpg,Ann,Gallery,women,,x\n"
        'b.jpg,Ann,probe,women,"35,5",x\n./sub/e.jpg,Cem,nonmated,men,7,x\n'
    )
    assert [row.line for row in protocol.rows] == [2, 4, 5, 6]
    assert protocol.subjects == ("Ann",)
    assert len(protocol.gallery) == 2
    assert protocol.mated[0].age == 35.5
    assert protocol.nonmated[0] == Row("./sub/e.jpg", folder / "sub/e.jpg", "Cem", "nonmated", "men", 7.0, 6)
    assert protocol.gallery[1].age is None
    assert protocol.cautions == ()


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        GOOD.replace(",", ";").encode(),
        GOOD.replace(",", "\t").encode(),
        ("\n\n" + GOOD).encode(),
        GOOD.rstrip().encode(),
    ],
    ids=["bom", "utf-16", "crlf", "cr", "semicolons", "tabs", "blank lines first", "no newline at the end"],
)
def test_reads_what_spreadsheets_write(read, content):
    assert [row.role for row in read(content).rows] == list(ROLES)


def test_windows_paths_and_an_images_folder(read, folder):
    text = "image,subject,role\ne.jpg,Ann,gallery\n"
    assert read(text + "e.jpg,Ann,probe\n", images=folder / "sub").cautions[0].startswith("1 of the photos")
    assert read(GOOD.replace("c.jpg", "sub\\e.jpg")).nonmated[0].path == folder / "sub/e.jpg"
    with pytest.raises(ProtocolError, match="not there"):
        read(GOOD, images=folder / "nowhere")


def test_one_name_in_two_spellings_of_unicode_is_one_subject(read):
    assert read(GOOD.replace("b.jpg,Ann", "b.jpg,Jose\u0301").replace("a.jpg,Ann", "a.jpg,Jos\u00e9")).subjects == (
        "Jos\u00e9",
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        (b"\xef\xbb\xbf\r\n \n", "is empty"),
        ("image,subject,role\n", "nothing to search in"),
        ("image,subject,role\na.jpg,Ann,gallery\n", "nothing to search for"),
        ("image,person,role\na.jpg,Ann,gallery\n", "line 1: the column “subject” is missing"),
        ("image,subject,role,role\n", "the column “role” occurs twice"),
        (GOOD + "d.jpg,Ann,mated\n", "line 5: the role “mated” is none of .*is probe meant"),
        (GOOD + "d.jpg,Cem,non-mated\n", "line 5: the role “non-mated” is none of .*is nonmated meant"),
        (GOOD + "d.jpg,Ann,\n", "line 5: the role “” is none of"),
        (GOOD + "d.jpg,Bea,probe\n", "line 5: the probe's subject “Bea” is not in the gallery"),
        (GOOD + "d.jpg,Ann,nonmated\n", "line 5: the nonmated subject “Ann” is in the gallery"),
        (GOOD + "z.jpg,Cem,nonmated\n", "line 5: the image “z.jpg” is not in"),
        (GOOD + "sub,Cem,nonmated\n", "line 5: the image “sub” is not in"),
        (GOOD + "../x.jpg,Cem,nonmated\n", "line 5: the image “../x.jpg” leaves the images folder"),
        (GOOD + "/etc/passwd,Cem,nonmated\n", "leaves the images folder"),
        (GOOD + "..\\x.jpg,Cem,nonmated\n", "leaves the images folder"),
        (GOOD + "C:\\x.jpg,Cem,nonmated\n", "leaves the images folder"),
        (GOOD + "\x00.jpg,Cem,nonmated\n", "line 5: the image “�.jpg”"),
        (GOOD + "x" * 5000 + ",Cem,nonmated\n", "line 5: the image “x{79}…” is not in"),
        (GOOD + "c.jpg,Cem,nonmated\n", "line 5: the image “c.jpg” is there already as nonmated, on line 4"),
        (GOOD + "./c.jpg,Cem,nonmated\n", "there already"),
        (GOOD + "c.jpg,Dan,nonmated\n", "line 5: the image “c.jpg” belongs to another subject on line 4"),
        (GOOD + ",Cem,nonmated\n", "line 5: the image is empty"),
        (GOOD + "d.jpg,,nonmated\n", "line 5: the subject is empty"),
        (GOOD + "d.jpg,Cem\n", "line 5: 2 values, where the first line names 3"),
        (GOOD + 'd.jpg,"Cem,nonmated\n', "line 5: not a row of CSV"),
        (GOOD.encode() + "d.jpg,Jos\u00e9,nonmated\n".encode("latin-1"), "line 5: the text is not UTF-8"),
        ("image,subject,role,age\na.jpg,Ann,gallery,old\n", "line 2: the age “old” is not a number of years"),
        ("image,subject,role,age\na.jpg,Ann,gallery,1984\n", "line 2: the age “1984”"),
        ("image,subject,role,age\na.jpg,Ann,gallery,nan\n", "line 2: the age “nan”"),
    ],
)
def test_says_what_is_wrong_and_where(read, content, said):
    with pytest.raises(ProtocolError, match=said):
        read(content)


def test_lists_several_problems_in_the_order_of_lines_and_stops_listing(read):
    with pytest.raises(ProtocolError) as caught:
        read("image,subject,role\nz.jpg,Ann,gallery\nd.jpg,Bea,probe\nc.jpg,Cem,nobody\n")
    lines = str(caught.value).splitlines()
    assert lines[0] == "protocol.csv has 3 problems:"
    assert [line.split(":")[0].strip() for line in lines[1:4]] == ["line 2", "line 3", "line 4"]
    with pytest.raises(ProtocolError, match=f"… and {50 - SHOWN} more"):
        read(GOOD + "z.jpg,Cem,nonmated\n" * 50)


def test_a_file_that_cannot_be_read(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(ProtocolError, match="cannot be read"):
            Protocol.read(path)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: (GOOD + text).encode("utf-8", "replace")))
def test_never_fails_otherwise(tmp_path_factory, content):
    file = tmp_path_factory.mktemp("fuzz") / "p.csv"
    file.write_bytes(content)
    with pytest.raises(ProtocolError):
        Protocol.read(file)


def people(count):
    rows = []
    for number in range(count):
        name = f"person {number}"
        roles = ("gallery", "gallery", "probe") if number % 2 else ("nonmated",)
        rows += [Row("", None, name, role, line=len(rows)) for role in roles]
    return rows


def test_a_split_keeps_people_whole_and_does_not_depend_on_order():
    rows = people(400)
    first, second = Protocol(tuple(rows)).split_by_subject(0.3)
    assert not {row.subject for row in first.rows} & {row.subject for row in second.rows}
    assert len(first.rows) + len(second.rows) == len(rows)
    assert 0.2 < len({row.subject for row in first.rows}) / 400 < 0.4
    random.Random(1).shuffle(rows)
    again, _ = Protocol(tuple(rows)).split_by_subject(0.3)
    assert {row.subject for row in again.rows} == {row.subject for row in first.rows}
    # Fewer rows, the same sides.
    fewer, _ = Protocol(tuple(rows[:300])).split_by_subject(0.3)
    assert {row.subject for row in fewer.rows} <= {row.subject for row in first.rows}
    other, _ = Protocol(tuple(rows)).split_by_subject(0.3, "another")
    assert {row.subject for row in other.rows} != {row.subject for row in first.rows}


def test_a_split_is_the_same_on_every_machine():
    first, _ = Protocol(tuple(people(40))).split_by_subject(0.5)
    assert list(dict.fromkeys(row.subject for row in first.rows))[:3] == [
        "person 0",
        "person 3",
        "person 5",
    ]


def test_a_split_without_people_on_a_side_is_refused():
    with pytest.raises(ProtocolError, match="no photo to search"):
        Protocol(tuple(people(2))).split_by_subject(0.5)
    with pytest.raises(ValueError, match="fraction"):
        Protocol(tuple(people(2))).split_by_subject(1)
    with pytest.raises(ProtocolError, match="to search for"):
        Protocol((Row("", None, "a", "gallery"), Row("", None, "b", "nonmated"))).subset({"a"})


def test_a_subset_keeps_the_order():
    part = Protocol(tuple(people(9))).subset({"person 5", "person 2", "person 3"})
    assert [row.subject for row in part.rows] == ["person 2"] + ["person 3"] * 3 + ["person 5"] * 3
