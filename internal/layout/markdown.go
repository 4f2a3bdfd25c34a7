package layout

import "strings"

// MarkdownHead is the head of a table in Markdown.
func MarkdownHead(columns ...string) string {
	return MarkdownRow(columns...) + strings.Repeat("|---", len(columns)) + "|\n"
}

// MarkdownRow is a row of a table in Markdown. Whoever writes a cell escapes what would end it.
func MarkdownRow(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }
