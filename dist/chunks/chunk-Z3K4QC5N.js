import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);
import{summary}from"./chunk-LLDLDYKE.js";async function addToSummary(log,markdown){if(markdown!=="")try{await summary.addRaw(markdown).write()}catch(error){summary.emptyBuffer(),log.foreign(`could not write the step summary: ${error.message}`)}}export{addToSummary};
