import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);
import{drawPlan}from"./chunk-266CUTWK.js";import"./chunk-DE2K3MKP.js";import{indented}from"./chunk-OSUVUEA4.js";import{placeText}from"./chunk-4VRFJ62O.js";import"./chunk-SNWKXDNV.js";import"./chunk-CBINX5YA.js";import{oneLine}from"./chunk-P5ECXRXE.js";import"./chunk-QTY2YZHO.js";import"./chunk-2M24U3EN.js";function renderShown({query,plans,problems},columns){let size={width:Math.max(72,columns),maxNodes:Number.POSITIVE_INFINITY},parts=plans.map(({case:name,kind,accepted,now,failure})=>{let heading=[query.name,...name===null?[]:[name],...kind==="generic"?["generic plan"]:[]];return[oneLine(heading.join(" \xB7 ")),...accepted.length===0?["  no plan of it is accepted yet: run `plan-gate accept`"]:[],...accepted.flatMap((plan,index)=>drawPlan(accepted.length===1?"accepted":`accepted, ${index+1} of ${accepted.length}`,plan,[],size)),...now?drawPlan("now",now,[],size):[],...now?.notMeasured===void 0?[]:[`  not measured: ${oneLine(now.notMeasured)}`],...failure===void 0?[]:[`  PostgreSQL refuses it: ${oneLine(failure)}`]].join(`
`)}),owner=query.owner===void 0?"":`  ${query.owner}`,failed=problems.map(problem=>["problem",...indented(problem)].join(`
`));return`${[oneLine(`${placeText(query)}${owner}`),...parts,...failed].join(`

`)}
`}export{renderShown};
