/** A word as a POSIX shell takes it, whatever is in it: commands are copied from a comment into a terminal. */
export function shellWord(word: string): string {
  return /^[\w./@:+,][\w./@:+,-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
