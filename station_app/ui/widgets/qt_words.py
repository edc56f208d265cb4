"""Qt's own words in Chinese: its translation, and what that lacks of what a worker can come to see."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

_MISSING = {
    "QAbstractFileIconProvider": {
        "Alias": "快捷方式",
        "Drive": "磁盘",
        "File": "文件",
        "File Folder": "文件夹",
        "Folder": "文件夹",
        "Shortcut": "快捷方式",
        "Unknown": "未知",
    },
    "QFileSystemModel": {
        '<b>The name "%1" can not be used.</b><p>Try using another name, with fewer characters or no punctuations '
        "marks.": "<b>不能用“%1”这个名字。</b><p>换一个短一些、没有标点的名字。",
    },
}


class _MissingWords(QTranslator):
    """Asked last: what it does not know either stays as it is."""

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        return _MISSING.get(context, {}).get(source, source)


def speak_chinese(application: QCoreApplication) -> None:
    """Have Qt's buttons, menus, dialogs and dates speak Chinese."""
    chinese = QLocale(QLocale.Language.Chinese, QLocale.Country.China)
    QLocale.setDefault(chinese)
    application.installTranslator(_MissingWords(application))
    translator = QTranslator(application)
    if translator.load(chinese, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)
