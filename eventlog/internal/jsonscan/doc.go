// Package jsonscan walks one JSON text in memory, pulling out the wanted values and jumping over the others, without
// garbage. There are three ways, from the fastest to the one that can do everything:
//
//   - Template.Read: what is wanted is known beforehand (Want), and texts like this one came before. What is equal to one
//     of them is compared and not read; only the values that differ are (Form).
//   - Scanner: a text of any form is read member by member.
//   - Balanced: nothing is wanted, and only quotes and brackets are looked at.
//
// The first two check the text that they pass: brackets, commas, colons, literals and numbers, and the escapes of the
// strings that they read. They are lenient where JSON is strict but nothing can be mistaken: control characters and
// invalid UTF-8 in strings, the escapes of strings that are jumped over, and numbers that JSON has no way to write (NaN,
// Infinity), as Spark's JSON library writes them.
package jsonscan
