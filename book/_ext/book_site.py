"""Small corrections to the rendered pages: no script twice, edit links that lead to the source that people edit."""

GENERATED = ("book/atlas",)  # pages that no committed file holds


def correct_page(app, pagename, templatename, context, doctree):
    """Drop repeated inline scripts (a constant declared twice stops the page's scripts) and mend the edit link."""
    seen, scripts = set(), []
    for script in context.get("script_files", []):
        body = getattr(script, "attributes", {}).get("body")
        if body is None or body not in seen:
            scripts.append(script)
        seen.add(body)
    context["script_files"] = scripts
    for button in context.get("header_buttons", []):
        if button.get("label") == "source-buttons":
            for inner in [inner for inner in button["buttons"] if inner["label"] == "source-edit-button"]:
                inner["url"] = inner["url"].replace(".ipynb", ".py")
                if pagename in GENERATED:
                    button["buttons"].remove(inner)


def setup(app):
    """Run after the theme, which adds the buttons; typeset the titles in the contents of pages without mathematics."""
    app.set_html_assets_policy("always")
    app.connect("html-page-context", correct_page, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
