import { styleText } from "node:util";

/** Colours and weights that the terminal report uses. */
export type Style = "bold" | "dim" | "red" | "yellow" | "green" | "cyan";

/** Gives text a style, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Paints with ANSI sequences if `color`, and not at all otherwise; looks at no stream and no environment. */
export function painter(color: boolean): Paint {
  return (style, text) => (color && text !== "" ? styleText(style, text, { validateStream: false }) : text);
}
