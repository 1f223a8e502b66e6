// Fetches the part of a page that changes by itself every two seconds, while somebody looks at it.
"use strict";
(() => {
    const part = document.querySelector("[data-refresh]");
    const refresh = async () => {
        if (document.hidden) return;
        try {
            const answer = await fetch(part.dataset.refresh, { credentials: "same-origin", redirect: "error" });
            if (answer.ok) part.innerHTML = await answer.text();
        } catch (error) {
            // The server is away for a moment; what was shown stays.
        }
    };
    if (part) setInterval(refresh, 2000);
})();
