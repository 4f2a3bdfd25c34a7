package bench

// What was measured once of the program of an earlier commit is recorded here: the page's program does not build that.

const (
	earlierProse = "The program of 4f6b60c, a commit of this project from before searches ran on frames, and this one, one after the other " +
		"on an Intel Xeon with two cores, by `cabi check WORLD --keep-going --json --workers N`. They explore the same but for a few states; in threads " +
		"this one has more menus. That program checked 51 promises in these worlds. This one checked the same 51 (`--property`), and then " +
		"all 58. Thousands of transitions a second, by the time of the whole process, and the most memory that it took, in MB. M(2,4,1) took " +
		"that program 1.84 s on one core and 1.24 to 1.61 s on two, this one 1.17 and 0.73 to 1.07 s."

	earlierTable = `| world | workers | 4f6b60c | the same promises | times | all promises | MB, 4f6b60c | MB |
|---|---:|---:|---:|---:|---:|---:|---:|
| cancel | 1 | 49 | 120 | 2.5 | 108 | 74 | 66 |
| cancel | 2 | 88 | 219 | 2.5 | 194 | 89 | 82 |
| subtasks | 1 | 47 | 114 | 2.4 | 103 | 38 | 47 |
| subtasks | 2 | 80 | 206 | 2.6 | 183 | 63 | 62 |
| tasks | 1 | 57 | 152 | 2.7 | 141 | 49 | 54 |
| tasks | 2 | 96 | 272 | 2.8 | 249 | 73 | 67 |
| switches | 1 | 44 | 161 | 3.6 | 146 | 52 | 60 |
| switches | 2 | 76 | 287 | 3.8 | 262 | 79 | 80 |
| host-reads | 1 | 71 | 135 | 1.9 | 119 | 36 | 48 |
| host-reads | 2 | 118 | 230 | 1.9 | 210 | 65 | 66 |
| threads | 1 | 70 | 169 | 2.4 | 154 | 46 | 59 |
| threads | 2 | 122 | 304 | 2.5 | 272 | 67 | 77 |
`

	earlierPeersProse = "TLC and Stateright were measured before, on an AMD EPYC with two cores, beside SPIN and the program as it was then:"

	earlierPeers = `| size | program | seconds | times SPIN | memory, MB |
|---|---|---:|---:|---:|
| 2,4,1 | cabi, 2 cores | 1.19 | 0.2 | 54 |
| 2,4,1 | Spin Version 6.5.2, 1 core | 5.15 | 1.0 | 1133 |
| 2,4,1 | TLC2 2026.04.29.135030, 2 cores | 24.66 | 4.8 | 2225 |
| 2,4,1 | Stateright 0.31.0, 2 cores | 3.81 | 0.7 | 134 |
| 2,4,2 | cabi, 2 cores | 16.51 | 0.3 | 326 |
| 2,4,2 | Spin Version 6.5.2, 1 core | 57.84 | 1.0 | 2007 |
| 2,4,2 | TLC2 2026.04.29.135030, 2 cores | 214.69 | 3.7 | 2719 |
| 2,4,2 | Stateright 0.31.0, 2 cores | 29.43 | 0.5 | 1100 |
`
)
