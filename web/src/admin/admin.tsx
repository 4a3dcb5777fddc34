import { type ReactElement, useState } from "react";
import { texts } from "../texts.ts";
import { PageHead } from "../ui/page-head.tsx";
import { Erasures } from "./erasures.tsx";
import { LimitsForm } from "./limits-form.tsx";
import { Users } from "./users.tsx";

/** What members of the group admins manage. */
export default function Admin(): ReactElement {
  const [erasureOf, setErasureOf] = useState("");
  return (
    <div className="page">
      <PageHead title={texts.admin.title} />
      <div className="cards">
        <Users onErased={setErasureOf} />
        <LimitsForm />
        <Erasures userId={erasureOf} find={setErasureOf} />
      </div>
    </div>
  );
}
