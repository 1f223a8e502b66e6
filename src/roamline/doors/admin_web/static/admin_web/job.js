// A job's page follows its progress, and is loaded anew when the job is over.
"use strict";

const job = document.getElementById("job");
const LOOK_EVERY = 1000;

function show(now) {
    job.querySelector("[data-state]").textContent = now.state_name;
    job.querySelector("[data-state]").className = `rl-state rl-state-${now.state}`;
    job.querySelector("[data-bar]").value = now.percent;
    job.querySelector("[data-percent]").textContent = `${now.percent} %`;
    for (const name of ["rows", "done", "unchanged", "refused"]) {
        job.querySelector(`[data-${name}]`).textContent = now[name];
    }
}

async function look() {
    try {
        const answer = await fetch(job.dataset.progress, { headers: { Accept: "application/json" } });
        if (answer.ok && !answer.redirected) {
            const now = await answer.json();
            if (now.is_over) {
                location.reload();
                return;
            }
            show(now);
        }
    } catch {
        // The server is away for a moment: the next look tries again.
    }
    setTimeout(look, LOOK_EVERY);
}

setTimeout(look, LOOK_EVERY);
