"""The public's methods: how people are protected, the policy in plain words, every table."""

import streamlit as st

from ui.public import public_frame, public_methods, public_protect

found = public_frame.read_choice()
public_frame.head("How these numbers are made, and how we protect people")
public_methods.check(found)
public_protect.show_protection(found)
st.header("The rules", anchor=False)
public_methods.rules(found)
st.header("What a number tells, and what it does not", anchor=False)
public_methods.example(found)
st.header("What each table spent", anchor=False)
public_methods.spent(found)
st.header("Every table", anchor=False)
public_methods.tables(found)
st.header("Every rule with its value and reason", anchor=False)
public_methods.parameters(found)
public_frame.public_foot(found, (found.path,))
