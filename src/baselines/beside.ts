import { PlanGateError } from "../errors.js";
import { planShape } from "../plan/normalise.js";
import { environmentDifferences } from "../verdict/environment.js";
import { type AcceptedPlan, type Baseline, isOfSame, maxAcceptedPlans } from "./baseline.js";

/**
 * Today's plans beside those that were accepted before: one of the same shape is replaced, the others stay. Throws where
 * the older ones are of another environment, or where there would be too many.
 */
export function addBeside(accepted: Baseline, today: Baseline): Baseline {
  const differences = environmentDifferences(accepted.environment, today.environment);
  if (differences.length > 0) {
    throw new PlanGateError(
      "baseline-invalid",
      `its accepted plans are of another environment: ${differences.join(", ")}`,
      { hint: `Plans of two environments cannot stand in one file: ${startAgain(today)}` },
    );
  }
  const plans = today.plans.flatMap((plan) => [...othersThan(plan, accepted), plan]);
  const tooMany = today.plans.find((plan) => plans.filter((one) => isOfSame(one, plan)).length > maxAcceptedPlans);
  if (tooMany) {
    const which = tooMany.case === null ? "" : ` of case \`${tooMany.case}\``;
    throw new PlanGateError("baseline-invalid", `${maxAcceptedPlans} plans${which} are accepted already`, {
      hint: `A query with so many plans is hardly watched: ${startAgain(today)}`,
    });
  }
  return { ...today, plans };
}

function othersThan(plan: AcceptedPlan, { plans }: Baseline): readonly AcceptedPlan[] {
  const shape = planShape(plan.plan);
  return plans.filter((one) => isOfSame(one, plan) && planShape(one.plan) !== shape);
}

function startAgain({ query }: Baseline): string {
  return `run \`plan-gate accept ${query}\`, without \`--also\`, to start again with today's plan.`;
}
