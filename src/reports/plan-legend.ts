import { suspectMark } from "./plan-tree.js";

/** What a reader who has never seen a plan must know to read one. */
export const planLegend = `How to read a plan: it is how PostgreSQL carries the query out, from the most indented lines outwards. "cost" is its estimate of the work, lines below included (1 is a page of 8 kB read in sequence); "rows est." and "actual" are the rows it expected and really got; ${suspectMark} marks what was found.`;
