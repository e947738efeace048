import type { PhrasingContent } from "mdast";
import { code, link, own, prose } from "../reports/markdown-text.js";
import { commitLink, type Site } from "../reports/repository-link.js";
import type { Origin } from "./origin.js";

/** Since when and by what, in a sentence or two. */
export function originText(origin: Origin, site: Site): PhrasingContent[] {
  switch (origin.kind) {
    case "commits":
      return [
        own("It began with the commits "),
        link(
          `${site.serverUrl}/${site.repository}/compare/${origin.from}...${origin.to}`,
          code(`${origin.from.slice(0, 7)}...${origin.to.slice(0, 7)}`),
        ),
        own("."),
        ...(origin.also.length > 0 ? [own(" At the same time changed: "), ...listed(origin.also), own(".")] : []),
      ];
    case "surroundings":
      return [
        own("Nothing in the repository changed when it began (commit "),
        commitLink(site, origin.commit),
        own(`, as accepted on ${origin.since.slice(0, 10)}): `),
        ...(origin.differences.length > 0
          ? [own("what changed is "), ...listed(origin.differences), own(".")]
          : [own("the environment is the same as well. What is left: the statistics' sample, or the server's build.")]),
      ];
    case "unknown":
      return [own("The history does not say when it began.")];
  }
}

function listed(texts: readonly string[]): PhrasingContent[] {
  return texts.flatMap((text, index) => [...(index > 0 ? [own("; ")] : []), ...prose(text)]);
}
