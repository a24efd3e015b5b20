# The table of `bench`: of each figure the medians of limit, peers and ours, and the ratio of ours to
# the limit in each round: median, least, greatest. Input: samples, and lines of what is to be reached
# ("FIGURE<tab>target<tab>TEXT", first of their figure).
function median(list, n,    v, i, k, t) {
	split(list, v, " ")
	for (i = 2; i <= n; i++)
		for (k = i; k > 1 && v[k - 1] + 0 > v[k] + 0; k--) {
			t = v[k]; v[k] = v[k - 1]; v[k - 1] = t
		}
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
function shown(x) {
	return x >= 1000 ? sprintf("%.0f", x) : x >= 10 ? sprintf("%.1f", x) : sprintf("%.3f", x)
}
function of(figure, who) {
	return count[figure, who] ? shown(median(all[figure, who], count[figure, who])) : "-"
}
function ratios(figure,    ours, limit, n, m, i, list, r, least, most) {
	n = split(all[figure, "ours"], ours, " ")
	m = split(all[figure, "limit"], limit, " ")
	if (n == 0 || m == 0)
		return "-"
	if (n > m)
		n = m
	for (i = 1; i <= n; i++) {
		r = limit[i] > 0 ? ours[i] / limit[i] : 0
		list = list " " r
		if (i == 1 || r < least)
			least = r
		if (i == 1 || r > most)
			most = r
	}
	return sprintf("%.2f (%.2f-%.2f)", median(list, n), least, most)
}
BEGIN { FS = "\t" }
$2 == "target" {
	target[$1] = $3
	if (!($1 in seen)) { seen[$1] = 1; figures[++nfigures] = $1 }
	next
}
{
	all[$1, $2] = all[$1, $2] " " $3
	count[$1, $2]++
	measured[$1] = 1
	if (!($1 in seen)) { seen[$1] = 1; figures[++nfigures] = $1 }
	if ($2 != "limit" && $2 != "ours" && !(($1, $2) in peer)) {
		peer[$1, $2] = 1
		peers[$1] = peers[$1] " " $2
	}
}
END {
	format = "%-42s %10s %-34s %10s %-20s %s\n"
	printf format, "figure", "limit", "peers", "ours", "ours/limit", "to reach"
	for (i = 1; i <= nfigures; i++) {
		f = figures[i]
		if (!(f in measured))
			continue
		text = ""
		n = split(peers[f], names, " ")
		for (k = 1; k <= n; k++)
			text = text (k > 1 ? ", " : "") names[k] " " of(f, names[k])
		printf format, f, of(f, "limit"), text == "" ? "-" : text, of(f, "ours"), ratios(f), target[f]
	}
}
