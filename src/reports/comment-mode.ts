/** When a pull request is commented on. A comment that is there is brought up to date in every mode but `off`. */
export const commentModeMeanings = {
  always: "With every run.",
  "on-change": "From the first run on that has something to tell: a plan, an approval or a problem.",
  "on-failure": "From the first run on that blocks, or would block if `enforce` were on.",
  off: "Never.",
} as const;

export type CommentMode = keyof typeof commentModeMeanings;

/** As the input `comment` names them. */
export const commentModes = Object.keys(commentModeMeanings) as readonly CommentMode[];
