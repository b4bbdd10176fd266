"""The Census Bureau's workbooks, as they come: headings, blank rows, footnote letters, ranges."""

import pytest
from openpyxl import Workbook

from columnist.errors import TrainingSetError
from columnist.synthesis.naics import load_industries, load_sectors

CODES = [
    ["Seq. No.", "2022 NAICS US   Code", "2022 NAICS US Title", None],
    [None, None, None, None],
    [1, "11", "Agriculture, Forestry, Fishing and HuntingT", None],
    [2, 111, "Crop ProductionT", None],
    [3, 1111, "Oilseed and Grain FarmingT", None],
    [4, 11111, "Soybean FarmingT", None],
    [5, 111110.0, "Soybean Farming ", None],
    [6, "31-33", "ManufacturingT", None],
    [7, "311111", "Dog and Cat Food Manufacturing  ", None],
    [None, None, None, None],
    ["Note: T marks titles that are comparable in three countries.", None, None, None],
]
DESCRIPTIONS = [
    ["Code", "Title", "Description"],
    ["11", "Agriculture, Forestry, Fishing and HuntingT", "The Sector as a Whole\n\nFarms."],
    ["11111", "Soybean FarmingT", "See industry description for 111110."],
    ["111110", "Soybean Farming", "Farms that grow soybeans.\n\nCross-References. Others are elsewhere."],
    ["31–33", "ManufacturingT", "Factories."],
    ["311111", "Dog and Cat Food Manufacturing", "See industry description for 31111."],
    ["31111", "Animal Food Manufacturing T", "Mills that make\nanimal food."],
]


@pytest.fixture
def workbook(tmp_path):
    def workbook(*sheets, name="naics.xlsx"):
        made = Workbook()
        made.remove(made.active)
        for number, rows in enumerate(sheets):
            sheet = made.create_sheet(f"sheet {number}")
            for row in rows:
                sheet.append(row)
        made.save(tmp_path / name)
        return tmp_path / name

    return workbook


def test_the_workbook_of_codes(workbook):
    path = workbook(CODES)
    assert load_sectors(path) == {"11": "Agriculture, Forestry, Fishing and Hunting", "31-33": "Manufacturing"}
    assert [(each.code, each.title, each.sector, each.description) for each in load_industries(path)] == [
        ("111110", "Soybean Farming", "11", ""),
        ("311111", "Dog and Cat Food Manufacturing", "31-33", ""),
    ]


def test_the_workbook_of_descriptions(workbook):
    industries = load_industries(workbook(DESCRIPTIONS))
    assert [each.description for each in industries] == ["Farms that grow soybeans.", "Mills that make animal food."]


def test_sheets_and_rows_before_the_heading_are_passed_over(workbook):
    notes = [["About this file"], ["It has two sheets."]]
    path = workbook(notes, [*notes, [], *CODES], name="NAICS.XLSX")
    assert len(load_industries(path)) == 2


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["Index item", "Remark"], ["111110", "Soybeans"]], "found none in any sheet"),
        ([], "found none in any sheet"),
        ([["Code", "Title"], ["111110", "Soybean Farming"]], "code 111110 has no sector row"),
        ([["Code", "Title"], ["11", "Agriculture"]], "expected six-digit industries"),
    ],
)
def test_another_workbook_is_refused(workbook, rows, said):
    with pytest.raises(TrainingSetError, match=said) as caught:
        load_industries(workbook(rows))
    assert "\n" not in str(caught.value)


def test_a_file_that_only_has_the_name_of_a_workbook_is_refused(tmp_path):
    path = tmp_path / "naics.xlsx"
    path.write_bytes(b"code,level,title\n")
    with pytest.raises(TrainingSetError, match="it is no workbook"):
        load_industries(path)
    with pytest.raises(TrainingSetError, match="cannot be read"):
        load_sectors(tmp_path / "none.xlsx")


def test_a_csv_with_a_row_that_is_no_code_is_refused(tmp_path):
    path = tmp_path / "naics.csv"
    path.write_text("code,level,title\n11,2,Farming\nsoy,6,Soybeans\n")
    with pytest.raises(TrainingSetError, match=r"line 3: .* no code of two to six digits"):
        load_industries(path)
