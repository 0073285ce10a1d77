"""Training: lessons that check themselves, progress without names, class tables and certificates, all offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.training.answering import LessonRun as LessonRun
    from ilp_lab.training.answering import Outcome as Outcome
    from ilp_lab.training.answering import lesson as lesson
    from ilp_lab.training.certificates import Certificate as Certificate
    from ilp_lab.training.certificates import certificate as certificate
    from ilp_lab.training.certificates import verify_certificate as verify_certificate
    from ilp_lab.training.classbook import class_table as class_table
    from ilp_lab.training.classplans import ClassPlan as ClassPlan
    from ilp_lab.training.classplans import class_plan as class_plan
    from ilp_lab.training.classplans import class_plans as class_plans
    from ilp_lab.training.classrooms import Classroom as Classroom
    from ilp_lab.training.classrooms import open_class as open_class
    from ilp_lab.training.gaining import normalised_gain as normalised_gain
    from ilp_lab.training.knowledge import KnowledgeTest as KnowledgeTest
    from ilp_lab.training.knowledge import TestScore as TestScore
    from ilp_lab.training.knowledge import knowledge_test as knowledge_test
    from ilp_lab.training.lessonsource import Lesson as Lesson
    from ilp_lab.training.lessonsource import read_lesson as read_lesson
    from ilp_lab.training.workshopkits import WorkshopKit as WorkshopKit
    from ilp_lab.training.workshopkits import write_workshop as write_workshop
    from ilp_lab.training.workshops import Workshop as Workshop
    from ilp_lab.training.workshops import workshop as workshop

_NAMES = {
    "Certificate": "certificates",
    "ClassPlan": "classplans",
    "Classroom": "classrooms",
    "KnowledgeTest": "knowledge",
    "Lesson": "lessonsource",
    "LessonRun": "answering",
    "Outcome": "answering",
    "TestScore": "knowledge",
    "Workshop": "workshops",
    "WorkshopKit": "workshopkits",
    "certificate": "certificates",
    "class_plan": "classplans",
    "class_plans": "classplans",
    "class_table": "classbook",
    "knowledge_test": "knowledge",
    "lesson": "answering",
    "normalised_gain": "gaining",
    "open_class": "classrooms",
    "read_lesson": "lessonsource",
    "verify_certificate": "certificates",
    "workshop": "workshops",
    "write_workshop": "workshopkits",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
