/** Words for the phases of a run. */
const phases: Readonly<Record<string, string>> = {
  start: "Starting Postgres",
  migrate: "Applying migrations",
  seed: "Seeding",
  freeze: "Vacuuming and analyzing",
  explain: "Planning queries",
  calibrate: "Planning by a sample",
  causes: "Finding out who did it",
  fixes: "Trying fixes",
  stop: "Removing Postgres",
};

/** The phase whose details say which server it is and why. */
export const startPhase = "start";

/** What a phase is called; one of the base says so: "migrate (base)". */
export function phaseWords(phase: string): string {
  const [, name = phase, side = ""] = /^(\w+)( \(.*\))$/.exec(phase) ?? [];
  return `${phases[name] ?? name}${side}`;
}
