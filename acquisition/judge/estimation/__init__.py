"""What a plan can estimate, as classical designs are judged; no model of the line is asked."""
